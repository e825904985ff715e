"""The log room: that nothing was removed, changed or shown differently to different readers.

C2SP tiles, checkpoints, cosignatures, proof and policy files, word for word; one writer; a client for
witnesses. The room knows bytes, not elections: who may add what is decided by the judge handed to the sequencer.
"""
