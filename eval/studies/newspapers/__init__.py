"""Questions on newspaper articles, which are not part of Dalil; see the README beside."""
