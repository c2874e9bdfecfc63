"""What the library of this name is loaded for most often."""

def _basename(path):
    return path.rpartition("/")[-1]

paths = struct(basename = _basename)
