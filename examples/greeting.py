text = "hello from a module"
