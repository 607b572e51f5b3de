"""Overview questions: a sentence for each article on a topic, newest first."""
