"""Bulk runs: one template and a list of people in, a profile for each of them out.

The truth is in the database: a run, its recipients, their results. Workers take recipients in chunks under a claim that
ends by itself, and a result is stored in the same transaction as the state that it leads to. So whatever stops, and
whenever, each recipient ends with one result.
"""
