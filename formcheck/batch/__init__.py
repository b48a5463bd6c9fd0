"""Batch: many recordings, each watched in a process of its own, on this machine or on a Dask cluster.

`jobs.py` says what is to be done. `inputs.py` finds the clips, and `spool.py` keeps their list. `places.py` gives
each file a place of its own, and `names.py` writes names. `child.py` does one clip, `ward.py` watches its process,
and `run.py` leads them all. `records.py` is what stays of a clip on the disk, `results.py` makes the tables of a
run, `gate.py` judges them, and `ci.py` writes that down.
"""
