"""Certificates (电子证照) of this door: kinds as data, keys of the issuing units, issuing in the transaction of the
act, status lists, what the holder shows, and verifying for everybody at /verify/.

What a certificate is made of stands in `tongban.credentials`, which knows nothing of cases. Not for deciding who gets
one: that is the act of the application.
"""
