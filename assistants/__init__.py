"""The floor that the three assistants share: answers, models, constraints, checking, batch.

It speaks no code, no mathematics and no SQL. Names below are the public surface; the heavy ones
(back ends, masking) are resolved when first asked for, so that importing this costs nothing.
"""
