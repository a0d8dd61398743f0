"""The bundled retail bank: how its data are made, and its semantic model (`model.yaml`)."""
