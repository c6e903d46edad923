"""The messages of a SavedModel: a minimal mirror of TensorFlow's, made without TensorFlow.

Names and numbers are those of `tensorflow/core/{protobuf,framework}/*.proto` (a test compares each
with TensorFlow's own descriptors). Fields that nobody here asks for are left out and are skipped
as unknown, `graph_def` above all. The messages live in a private descriptor pool, so TensorFlow's
own, equally named ones can be loaded beside them.

Importing protobuf takes 50 ms, so import this module only when a SavedModel is opened.
"""

from functools import cache
from typing import Any

from google.protobuf import descriptor_pool, message_factory

from tfinspector.contents.dtypes import DTYPES
from tfinspector.formats.saved_models.declarations import declare

_MESSAGES = """
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message TensorShapeProto { repeated TensorShapeProto.Dim dim = 2; bool unknown_rank = 3; }
message TensorShapeProto.Dim { int64 size = 1; string name = 2; }
message TensorProto {
  DataType dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4;
  repeated float float_val = 5; repeated double double_val = 6; repeated int32 int_val = 7;
  repeated bytes string_val = 8; repeated float scomplex_val = 9; repeated int64 int64_val = 10;
  repeated bool bool_val = 11; repeated double dcomplex_val = 12; repeated int32 half_val = 13;
  repeated uint32 uint32_val = 16; repeated uint64 uint64_val = 17; bytes float8_val = 18;
}

message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef {
  MetaGraphDef.MetaInfoDef meta_info_def = 1; SaverDef saver_def = 3;
  map<string, CollectionDef> collection_def = 4;
  map<string, SignatureDef> signature_def = 5;
  repeated AssetFileDef asset_file_def = 6;
  SavedObjectGraph object_graph_def = 7;
}
message MetaGraphDef.MetaInfoDef {
  repeated string tags = 4; string tensorflow_version = 5; string tensorflow_git_version = 6;
  map<string, string> function_aliases = 8;
}
message CollectionDef {
  oneof kind {
    CollectionDef.NodeList node_list = 1; CollectionDef.BytesList bytes_list = 2;
    CollectionDef.AnyList any_list = 5;
  }
}
message CollectionDef.NodeList { repeated string value = 1; }
message CollectionDef.BytesList { repeated bytes value = 1; }
message CollectionDef.AnyList { repeated google.protobuf.Any value = 1; }
message AssetFileDef { TensorInfo tensor_info = 1; string filename = 2; }

message SignatureDef {
  map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3;
  map<string, TensorProto> defaults = 4;
}
message TensorInfo {
  oneof encoding {
    string name = 1; TensorInfo.CooSparse coo_sparse = 4;
    TensorInfo.CompositeTensor composite_tensor = 5;
  }
  DataType dtype = 2; TensorShapeProto tensor_shape = 3;
}
message TensorInfo.CooSparse {
  string values_tensor_name = 1; string indices_tensor_name = 2;
  string dense_shape_tensor_name = 3;
}
message TensorInfo.CompositeTensor {
  TypeSpecProto type_spec = 1; repeated TensorInfo components = 2;
}

message VariableDef {
  string variable_name = 1; SaveSliceInfoDef save_slice_info_def = 4; bool is_resource = 5;
  bool trainable = 7;
}
message SaveSliceInfoDef { string full_name = 1; repeated int64 full_shape = 2; }
message GraphDef {
  repeated NodeDef node = 1; FunctionDefLibrary library = 2; VersionDef versions = 4;
}
message FunctionDefLibrary { repeated FunctionDef function = 1; }
message FunctionDef { OpDef signature = 1; repeated NodeDef node_def = 3; }
message OpDef { string name = 1; }
message NodeDef {
  string name = 1; string op = 2; repeated string input = 3; string device = 4;
  map<string, AttrValue> attr = 5;
}
message AttrValue {
  oneof value {
    AttrValue.ListValue list = 1; bytes s = 2; int64 i = 3; DataType type = 6;
    TensorShapeProto shape = 7; TensorProto tensor = 8; NameAttrList func = 10;
  }
}
message AttrValue.ListValue { repeated NameAttrList func = 9; }
message NameAttrList { string name = 1; }
message SaverDef { string save_tensor_name = 2; string restore_op_name = 3; }

message SavedObjectGraph {
  repeated SavedObject nodes = 1; map<string, SavedConcreteFunction> concrete_functions = 2;
}
message SavedObject {
  repeated TrackableObjectGraph.TrackableObject.ObjectReference children = 1;
  repeated TrackableObjectGraph.TrackableObject.SlotVariableReference slot_variables = 3;
  oneof kind {
    SavedUserObject user_object = 4; SavedAsset asset = 5; SavedFunction function = 6;
    SavedVariable variable = 7; SavedBareConcreteFunction bare_concrete_function = 8;
    SavedConstant constant = 9; SavedResource resource = 10; CapturedTensor captured_tensor = 12;
  }
  map<string, SaveableObject> saveable_objects = 11;
}
message SaveableObject { int32 save_function = 2; int32 restore_function = 3; }
message TrackableObjectGraph.TrackableObject.ObjectReference {
  int32 node_id = 1; string local_name = 2;
}
message TrackableObjectGraph.TrackableObject.SlotVariableReference {
  int32 original_variable_node_id = 1; string slot_name = 2; int32 slot_variable_node_id = 3;
}
message SavedUserObject { string identifier = 1; string metadata = 3; }
message SavedAsset { int32 asset_file_def_index = 1; }
message SavedFunction { repeated string concrete_functions = 1; FunctionSpec function_spec = 2; }
message SavedBareConcreteFunction {
  string concrete_function_name = 1; repeated string argument_keywords = 2;
  int64 allowed_positional_arguments = 3; FunctionSpec function_spec = 4;
}
message SavedConstant { string operation = 1; }
message SavedResource { string device = 1; }
message CapturedTensor { string name = 1; string concrete_function = 2; }
message SavedVariable {
  DataType dtype = 1; TensorShapeProto shape = 2; bool trainable = 3; string name = 6;
  string device = 7;
}
message SavedConcreteFunction {
  StructuredValue canonicalized_input_signature = 3; StructuredValue output_signature = 4;
}
message FunctionSpec { StructuredValue fullargspec = 1; bool is_method = 2; }

message StructuredValue {
  oneof kind {
    NoneValue none_value = 1; double float64_value = 11; sint64 int64_value = 12;
    string string_value = 13; bool bool_value = 14; TensorShapeProto tensor_shape_value = 31;
    DataType tensor_dtype_value = 32; TensorSpecProto tensor_spec_value = 33;
    TypeSpecProto type_spec_value = 34; BoundedTensorSpecProto bounded_tensor_spec_value = 35;
    ListValue list_value = 51; TupleValue tuple_value = 52; DictValue dict_value = 53;
    NamedTupleValue named_tuple_value = 54; TensorProto tensor_value = 55;
    TensorProto numpy_value = 56;
  }
}
message NoneValue { }
message ListValue { repeated StructuredValue values = 1; }
message TupleValue { repeated StructuredValue values = 1; }
message DictValue { map<string, StructuredValue> fields = 1; }
message PairValue { string key = 1; StructuredValue value = 2; }
message NamedTupleValue { string name = 1; repeated PairValue values = 2; }
message TensorSpecProto { string name = 1; TensorShapeProto shape = 2; DataType dtype = 3; }
message BoundedTensorSpecProto { string name = 1; TensorShapeProto shape = 2; DataType dtype = 3; }
message TypeSpecProto {
  TypeSpecProto.TypeSpecClass type_spec_class = 1; StructuredValue type_state = 2;
  string type_spec_class_name = 3;
}

message FingerprintDef {
  uint64 saved_model_checksum = 1; uint64 graph_def_program_hash = 2; uint64 signature_def_hash = 3;
  uint64 saved_object_graph_hash = 4; uint64 checkpoint_hash = 5; VersionDef version = 6;
  string uuid = 7;
}
"""

_DATA_TYPE_WORDS = {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}
_DATA_TYPES = {"DT_INVALID": 0} | {
    f"DT_{_DATA_TYPE_WORDS.get(dtype.name, dtype.name.upper())}{suffix}": dtype.code + reference
    for dtype in DTYPES.values()
    for suffix, reference in (("", 0), ("_REF", 100))
}
_TYPE_SPEC_CLASSES = {
    "UNKNOWN": 0, "SPARSE_TENSOR_SPEC": 1, "INDEXED_SLICES_SPEC": 2, "RAGGED_TENSOR_SPEC": 3,
    "TENSOR_ARRAY_SPEC": 4, "DATA_DATASET_SPEC": 5, "DATA_ITERATOR_SPEC": 6, "OPTIONAL_SPEC": 7,
    "PER_REPLICA_SPEC": 8, "VARIABLE_SPEC": 9, "ROW_PARTITION_SPEC": 10,
    "REGISTERED_TYPE_SPEC": 12, "EXTENSION_TYPE_SPEC": 13,
}  # fmt: skip
_ENUMS = {"DataType": _DATA_TYPES, "TypeSpecProto.TypeSpecClass": _TYPE_SPEC_CLASSES}
_ANY = "message Any { string type_url = 1; bytes value = 2; }"


def parse_message(name: str, data: bytes) -> Any:
    """The message `name` ("MetaGraphDef") decoded from `data`.

    Raises `google.protobuf.message.DecodeError` where `data` is no such message.
    """
    return message_class(name).FromString(data)


@cache
def message_class(name: str) -> Any:
    """The class of the message `name`, given without its package."""
    return message_factory.GetMessageClass(pool().FindMessageTypeByName(f"tensorflow.{name}"))


@cache
def pool() -> descriptor_pool.DescriptorPool:
    """The private pool; `Any` is in it under the full name that the text format looks for."""
    private = descriptor_pool.DescriptorPool()
    any_file = declare("google.protobuf", _ANY, {})
    private.Add(any_file)
    private.Add(declare("tensorflow", _MESSAGES, _ENUMS, imports=(any_file.name,)))
    return private
