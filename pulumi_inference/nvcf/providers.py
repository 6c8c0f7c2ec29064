"""FROZEN: the state refers to these classes by their module and names, for ever."""
