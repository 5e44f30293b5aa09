"""E-mails: from an object's bytes to the message, and by a template to one record.

A mail comes from anybody, so all that is done with one is bounded: nothing in here takes time or
memory out of proportion to the mail's size, which is bounded too. Nothing is fetched, no script
run, no archive unpacked.
"""
