"""Every limit of what may be typed, opened, computed or kept, in one place.

Each says what it guards, and what is said of more: these words stand in a module that looks. What
limits of time allow takes two seconds of a processor at most.
"""

# What can be set

MAX_SIZE = 100_000
"""Units of a layer, of the input or the output. Says: “less than or equal to”"""
MAX_LAYERS = 8
"""Layers of an nn.RNN. Says: “layers; at most”"""
MAX_BATCH = 10_000
"""Sequences that run side by side. Says: “sequences; at most”"""
MAX_LENGTH = 100_000
"""Steps of a sequence, or letters of a text. Says: “steps; at most”"""
MAX_UNIT = 9_999
"""The highest input unit that a signal can have. Says: “less than or equal to”"""
MAX_SEED = 2**31 - 1
"""The largest seed: what a spin box can hold. Says: “less than or equal to”"""
MAX_STEP = 2**31 - 1
"""The last step of a file that can be chosen. Says: “less than or equal to”"""
MAX_SYMBOLS = 100_000
"""Different letters or words of a text: a unit each. Says: “are possible.”"""
MAX_TYPED = 10_000
"""Numbers that are typed as a sequence. Says: “numbers; at most”"""
MAX_SIDE = 8
"""Rows and columns of weights that are typed. Says: “Values can be typed for matrices up to”"""
MAX_TEXT = 1_000_000
"""Characters of a pasted table. Says: “The text is longer than”"""
MAX_PASTED = 200_000
"""Characters of a field of several lines, pasted ones included. Says: “are taken.”"""

# Memory

LEAST_BUDGET = 2**30
"""Bytes that a run may take anywhere; more where there is twice as much. Says: “are allowed”"""
MAX_UNDO_STEPS = 500
"""Steps of undo. Says nothing: the oldest one is forgotten."""
MAX_UNDO_BYTES = 40_000_000
"""Bytes of what undo keeps. Says nothing: the oldest steps are forgotten."""

# What goes out

MAX_WRITTEN = 10_000
"""Numbers of a start state that a script writes out. Says: “are written out.”"""
MAX_PIXELS = 100_000_000
"""Pixels of a picture: 400 MB while it is made. Says: “million can be written.”"""
MAX_COMMAND = 100_000
"""Characters of a command; Linux takes 131,071 bytes. Says: “characters; at most”"""

# Any file

MAX_FILES = 20
"""Files that are dropped, or wait to be opened. Says: “are opened in a row.”"""
MAX_REASON = 600
"""Characters of what is said of a file, quotations included. Says nothing: it is cut there."""
FREE_BYTES = 32 * 2**20
"""Bytes up to which numbers may be packed, or repeated, as tightly as can be. Says: “beyond”"""
MAX_RATIO = 20
"""How many bytes a packed one may become, beyond `FREE_BYTES`. Says: “is unpacked.”"""

# Files of numbers and of text

MAX_DATA_BYTES = 2 * 10**9
"""Bytes of a file of numbers. Says: “are read.”"""
MAX_NUMBERS = 500_000_000
"""Numbers of a file, of whatever type: 2 GB as float32. Says: “are read.”"""
MAX_NPY_HEADER = 10_000
"""Bytes of what numpy writes before an array. Says: “It does not begin as numpy's files do”"""
MAX_NPZ_ARRAYS = 10_000
"""Arrays of a .npz file. Says: “arrays; at most”"""
MAX_NPZ_DIRECTORY = 4 * 2**20
"""Bytes of the list of these arrays. Says: “Its list of arrays has more than”"""
MAX_TEXT_BYTES = 200 * 10**6
"""Bytes of a file of text, or of numbers written as text. Says: “are read.”"""
MAX_LINE = 2_500_000
"""Characters of a line of a table. Says: “is longer than”"""
MAX_BLANK = 100_000
"""Lines without a value that follow each other in a table. Says: “lines hold no value”"""

# Checkpoints

CHECKPOINT_COPIES = 3
"""How often a checkpoint is held at most; all must fit in the memory. Says: “are read on this ”"""
MAX_HEADER = 8 * 2**20
"""Bytes of the header of a file of safetensors. Says: “bytes; at most”"""
MAX_TENSORS = 20_000
"""Tensors of a checkpoint. Says: “tensors”"""
MAX_AXES = 64
"""Axes of a tensor: as many as numpy and torch have. Says: “axes; at most”"""
MAX_DEPTH = 16
"""Dictionaries inside of each other in a checkpoint. Says: “deep in each other, the limit.”"""
MAX_NAME = 500
"""Characters of a tensor's name, with the dictionaries around it. Says: “characters; at most”"""
MAX_FOUND = 1_000
"""Recurrent layers of a checkpoint that are looked at. Says: “are looked at.”"""
MAX_TIMES_FILE = 16
"""How many times the file its layers may take, sharing numbers. Says: “on top of each other”"""
MAX_TORCH_ENTRIES = 50_000
"""Parts of the zip that torch.save writes. Says: “parts; at most”"""
MAX_TORCH_DIRECTORY = 8 * 2**20
"""Bytes of the list of these parts. Says: “The list of its parts has more than”"""
MAX_PICKLE = 8 * 2**20
"""Bytes of a pickle, which holds no numbers itself. Says: “What it holds beside numbers”"""
MAX_OPCODES = 500_000
"""Steps of a pickle; a tensor needs about 40. Says: “It describes too much”"""
MAX_PARTS = 20_000_000
"""Parts of a pickle's tuples, inner ones counted each time. Says: “its tuples have more than”"""

# Sessions and recordings

MAX_JSON = 4 * 2**20
"""Bytes of a session's settings. Says: “are read.”"""
MAX_SESSION_ARRAYS = 2 * 10**9
"""Bytes of a session's numbers: so much fits in a zip that any program reads. Says: “are read.”"""
MAX_SESSION_DIRECTORY = 64 * 2**10
"""Bytes of the list of a session's files. Says: “files that belong in it”"""
MAX_RANKS = 1_024
"""Processes that recorded side by side. Says nothing: those above are not looked for."""
MAX_SAID = 1_000
"""Characters of each text that a recording says of itself. Says: “Its description is wrong”"""
MAX_METADATA = 2**20
"""Bytes of a recording's zarr.json. Says: “bytes; at most”"""
MAX_CHUNK = 2**27
"""Bytes of a chunk of a recording. Says: “a chunk of”"""
