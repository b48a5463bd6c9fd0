"""Batch: many recordings, each watched in a process of its own, on this machine or on a Dask cluster.

`jobs.py` says what is to be done, `inputs.py` which clips are meant, `spool.py` keeps their list, `places.py` sees that
no two files want one place, `names.py` how names are written; `child.py` does one clip, `ward.py` watches the process
that does it, `run.py` leads them all; `records.py` is what stays of a clip on the disk, `results.py` the tables of a
run, `gate.py` the verdict on them, `ci.py` writes that down.
"""
