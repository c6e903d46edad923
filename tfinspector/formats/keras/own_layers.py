"""Names of the layers that Keras 1, 2 or 3 bring along (the modules `keras.layers` of each).

Configurations of Keras 1 and 2, and of every .h5, name classes without their module, so that only
the name tells whether a class is Keras's own. Dimensions are left out: "Conv" stands for Conv2D.
"""

import re

_LISTED = """
    Activation ActivityRegularization AbstractRNNCell AdaptiveAveragePooling AdaptiveMaxPooling Add
    AdditiveAttention AlphaDropout Attention AtrousConvolution AtrousConv AugMix AutoContrast
    Average AveragePooling AvgPool BatchNormalization BatchNormalizationV1 BatchNormalizationV2
    Bidirectional CategoryEncoding CenterCrop ClassMethod Concatenate
    ContrastLimitedAdaptiveHistogramEqualization Conv ConvTranspose ConvLSTM ConvLSTMCell
    Convolution ConvolutionTranspose ConvRNN ConvRecurrent Cropping CuDNNGRU CuDNNLSTM CutMix
    Deconvolution Dense DenseFeatures DepthwiseConv Discretization Dot Dropout ELU EinsumDense
    Embedding Equalization Flatten FlaxLayer Functional GRU GRUCell GRUV1 GRUV2 GaussianDropout
    GaussianNoise GlobalAveragePooling GlobalAvgPool GlobalMaxPool GlobalMaxPooling
    GroupNormalization GroupQueryAttention HashedCrossing Hashing Highway Identity InputLayer
    InstanceMethod InstanceProperty IntegerLookup JaxLayer LSTM LSTMCell LSTMV1 LSTMV2 Lambda Layer
    LayerNormalization LeakyReLU LocallyConnected Masking MaxNumBoundingBoxes MaxPool MaxPooling
    Maximum MaxoutDense MelSpectrogram Merge Minimum MixUp Model MultiHeadAttention Multiply
    Normalization PReLU ParametricSoftplus Permute Pipeline RMSNormalization RNN RandAugment
    RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
    RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight
    RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation
    RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling
    Reshape Resizing ReversibleEmbedding SReLU STFTSpectrogram SeparableConv SeparableConvolution
    Sequential SimpleRNN SimpleRNNCell SlicingOpLambda Softmax Solarization SpatialDropout
    SpectralNormalization StackedRNNCells StringLookup Subtract SyncBatchNormalization TFOpLambda
    TFSMLayer TensorFlowOpLayer TextVectorization ThresholdedReLU TimeDistributed
    TimeDistributedDense TorchModuleWrapper UnitNormalization UpSampling Wrapper ZeroPadding
"""
_NAMES = frozenset(_LISTED.split())
_DIMENSIONS = re.compile(r"[123]D")


def is_own_layer(class_name: str) -> bool:
    """Whether some version of Keras has a layer of that name."""
    return _DIMENSIONS.sub("", class_name) in _NAMES
