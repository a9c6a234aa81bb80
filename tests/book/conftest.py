"""The tests of the chapters share the running of JupyterLab."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
