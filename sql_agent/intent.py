"""What is no question about data: requests to change them, and small talk."""

import re

_POLITE = r"(?:please|pls|can you|could you|would you|i want to|i need to|let's|now|go and|just)"
_WRITE = re.compile(
    rf"^(?:{_POLITE}[\s,]+)*(?:delete|drop|update|insert|remove|truncate|alter|erase|modify|"
    r"overwrite|grant|revoke|rename|replace|wipe|purge|destroy|create|merge|upsert|"
    r"set\s+the|change\s+the|add\s+(?:a|an|new)|block\s+(?:the|card|account)|"
    r"close\s+(?:the|account|card)|cancel\s+(?:the|all)|attach|copy|pragma|vacuum|exec(?:ute)?)\b",
    re.IGNORECASE,
)
_LATER_WRITE = re.compile(
    r";\s*(?:delete|drop|update|insert|truncate|alter|create|attach|copy|pragma|set)\b"
    r"|\b(?:and|then)\s+(?:delete|drop|truncate|erase|wipe|purge)\s+(?:the|all|every|it|them)\b"
    r"|\b(?:delete\s+from|drop\s+table|insert\s+into|update\s+\w+\s+set|alter\s+table)\b",
    re.IGNORECASE,
)
_CHAT = re.compile(
    r"^(?:hi|hello|hey|good\s+(?:morning|evening|afternoon|day)|thanks?|thank\s+you|how\s+are\s+you|"
    r"who\s+are\s+you|what\s+can\s+you\s+do|tell\s+me\s+a\s+joke)\b[^a-z]*"
    r"(?:how\s+are\s+you|there|everyone|very\s+much|a\s+lot)?[^a-z]*$",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:forecast|^should|predict|prediction|project(?:ed|ion)|will\s+(?:\w+\s+){1,3}be|should\s+i|should\s+we|"
    r"recommend|advise|(?:your|any|some|give)\s+(?:\w+\s+)?advice|why\s+(?:is|are|did|do|does|was|were|has|have)|"
    r"next\s+(?:year|month|quarter|week)|"
    r"^how\s+(?:do|can|could|should|would)\s+(?:i|you|we|one))\b",
    re.IGNORECASE,
)


_SQL = re.compile(
    r"^(?:select\b.+\bfrom\b|with\b.+\bas\s*\(\s*select\b|from\s+\w+\s*;?$)", re.IGNORECASE
)


def is_sql(question: str) -> bool:
    """Whether a text is a query already."""
    return bool(_SQL.search(question))


def wants_to_write(question: str) -> bool:
    """Whether a text asks to change data, in words or in SQL."""
    return bool(_WRITE.search(question) or _LATER_WRITE.search(question))


def chitchat(question: str) -> bool:
    """Whether a text is a greeting and nothing else."""
    return bool(_CHAT.search(question))


def beyond_data(question: str) -> str | None:
    """Return the words that ask for a forecast, a reason or advice, which no query gives."""
    found = _OUTSIDE.search(question)
    return found[0] if found else None
