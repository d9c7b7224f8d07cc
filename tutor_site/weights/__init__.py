"""The weights that the gpu profile wants: what they are, whose they are, and how they get into MODELS_DIR."""
