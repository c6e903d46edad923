"""What a model could do when it is loaded or called: judged from its operations and its config.

S07 operations that plain TensorFlow does not have · S08 versions · S09 bound to a device ·
K01 custom classes · K02 Lambda code · T01 reaches out while it is loaded · T02 runs Python that the
file does not hold · T03 writes files when called · T04 reads files or uses the network when called.
"""

from tfinspector.diagnosis.trust.judging import judge_graphs, judge_keras

__all__ = ["judge_graphs", "judge_keras"]
