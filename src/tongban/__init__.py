"""Tongban 通办: one door for residents, one desk for officials, one ledger for everyone."""
