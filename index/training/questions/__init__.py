"""Questions of our own on news documents, which teach a reading model; see the README beside."""
