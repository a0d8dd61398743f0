"""The bundled hospital: how its data are made, and its semantic model (`model.yaml`)."""
