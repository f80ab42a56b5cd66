-- Invitations to the site are listed, a page at a time.

-- The newest first, without going through all that was mailed for something else.
CREATE INDEX one_time_tokens_sign_up ON one_time_tokens (id) WHERE purpose = 'sign-up';
