"""A list of dictionaries as a list of small forms: each item has the rows of its keys, and a scope of its own.

The hidden controls that are called as the list itself hold the token of each item, and give their order; what else an
item has is called "token.path".
"""

from designer.forms.items.field import ItemsField
from designer.forms.items.widget import Items

__all__ = ["Items", "ItemsField"]
