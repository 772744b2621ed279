"""What tests on a cluster need."""

from importlib.util import find_spec

import pytest

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra dask is not installed")
