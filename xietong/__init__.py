"""The core that flows, transforms and expectations share: catalogue, sources, warehouse, report, render, releases."""
