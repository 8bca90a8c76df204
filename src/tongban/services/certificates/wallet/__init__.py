"""Certificates in a wallet: a copy bound to a key that the holder alone has, by OpenID for Verifiable Credential
Issuance 1.0, pre-authorised code flow.

`offering.py` gives a code to whoever has shown the case's secret and takes it back once; `proving.py` checks that the
wallet has its key, and the nonce; `copying.py` issues the copy, writes it on the ledger, and withdraws one;
`endpoints.py` is what wallets talk to, `metadata.py` what they read first; `pages.py` the holder's side. Why a copy has
an entry of the status list for itself: docs/decisions/0019. Not for wallets that ask by themselves (authorisation code
flow), batches, or wallet attestations: there are none.
"""
