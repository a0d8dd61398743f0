"""The three ways to run a model: bundled on onnxruntime, Hugging Face in process, HTTP server.

Import the module that is wanted; `assistants.registry` does so by name.
"""
