"""How weights and constants of the search were chosen: each module is a command of its own.

`encoder` measures translations and speed, `lexical` ways to cut text into terms, `names` keys
across scripts; `tune` fits the weights of the choice on the questions that `questions` reads;
`renamed` asks about names that no article has.
"""
