"""Which operations reach outside the model: files, network, Python.

From the op definitions of TensorFlow 2.21. Checkpoint operations are among them, because a function
can call them with any path; the saver of a SavedModel is told apart by who calls it.
"""

import re

from tfinspector.contents.trust import Reach

_READS = """
ReadFile MatchingFiles WholeFileReader WholeFileReaderV2 TextLineReader TextLineReaderV2
TFRecordReader TFRecordReaderV2 FixedLengthRecordReader FixedLengthRecordReaderV2 LMDBReader
LMDBDataset ExperimentalLMDBDataset TextLineDataset TFRecordDataset TFRecordDatasetV2
FixedLengthRecordDataset FixedLengthRecordDatasetV2 CSVDataset CSVDatasetV2 ExperimentalCSVDataset
SqlDataset ExperimentalSqlDataset MatchingFilesDataset ExperimentalMatchingFilesDataset
SSTableDataset LoadDataset LoadDatasetV2 ImmutableConst InitializeTableFromTextFile
InitializeTableFromTextFileV2 Restore RestoreSlice RestoreV2 LoadAndRemapMatrix
GenerateVocabRemapping ListSnapshotChunksDataset SnapshotDatasetReader SnapshotChunkDataset
"""
_WRITES = """
WriteFile Save SaveSlices SaveV2 MergeV2Checkpoints SaveDataset SaveDatasetV2 SnapshotDataset
SnapshotDatasetV2 ExperimentalSnapshotDataset CacheDataset CacheDatasetV2 PrintV2
CreateSummaryFileWriter CreateSummaryDbWriter WriteSummary WriteScalarSummary WriteImageSummary
WriteAudioSummary WriteHistogramSummary WriteGraphSummary WriteRawProtoSummary ImportEvent
DistributedSave FileSystemSetConfiguration
"""
_NETWORK = """
DebugIdentity DebugIdentityV2 DebugIdentityV3 DebugNanCount DebugNumericSummary
DebugNumericSummaryV2 DataServiceDataset DataServiceDatasetV2 DataServiceDatasetV3
DataServiceDatasetV4 RegisterDataset RegisterDatasetV2 RpcCall RpcClient RpcServer RpcServerStart
RpcServerRegister RpcCheckStatus RpcGetValue DeleteRpcFutureResource RemoteCall
"""
_PYTHON = """
PyFunc PyFuncStateless EagerPyFunc
"""
_FOREIGN = (  # of other packages, by how they name their operations
    (re.compile(r"(?:IO>)?(?:BigQuery|Bigtable|Kafka|Kinesis|Pubsub|Pulsar|MongoDB|Prometheus|"
                r"ElasticSearch|Ignite|Http|GCS|Azure)"), Reach.NETWORK),
    (re.compile(r"(?:IO>)?.*(?:Reader|Readable|Dataset)(?:Init|V\d|Next)?$"), Reach.READS_FILES),
)  # fmt: skip

OPERATIONS: dict[str, Reach] = {
    op: reach
    for words, reach in (
        (_READS, Reach.READS_FILES),
        (_WRITES, Reach.WRITES_FILES),
        (_NETWORK, Reach.NETWORK),
        (_PYTHON, Reach.PYTHON),
    )
    for op in words.split()
}


def reach_of(op: str, is_known: bool) -> Reach | None:
    """What the operation reaches; guessed from the name where TensorFlow does not have it."""
    if op in OPERATIONS or is_known:
        return OPERATIONS.get(op)
    return next((reach for pattern, reach in _FOREIGN if pattern.match(op)), None)
