"""importlib: finders of a program, specs and loaders, reloading, namespace packages."""
import importlib
import importlib.util
import os
import sys
import tempfile
from importlib.machinery import ModuleSpec, SourceFileLoader

made = importlib.import_module('colorsys')
print(made.__name__, made.__spec__.name, type(made.__loader__).__name__, made.__spec__.parent == '')
print([finder.__name__ for finder in sys.meta_path])
print(importlib.util.find_spec('string').name, importlib.util.find_spec('nosuch'))


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == 'magic':
            return ModuleSpec(name, Loader())


class Loader:
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.x = 42


sys.meta_path.insert(0, Finder)
import magic

print(magic.x, magic.__spec__.name)
try:
    import nosuch
except ImportError as problem:
    print(type(problem).__name__, problem, problem.name)
    entry, depth = problem.__traceback__, 0
    while entry:
        entry, depth = entry.tb_next, depth + 1
    print(depth)
sys.meta_path.remove(Finder)

with tempfile.TemporaryDirectory() as folder:
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    path = os.path.join(folder, 'changing.py')
    with open(path, 'w') as file:
        file.write('value = 1\n')
    import changing
    with open(path, 'w') as file:
        file.write('value = 22\n')
    print(changing.value, importlib.reload(changing) is changing, changing.value)
    os.makedirs(os.path.join(folder, 'spread', 'inner'))
    with open(os.path.join(folder, 'spread', 'inner', 'deep.py'), 'w') as file:
        file.write('here = __name__\n')
    import spread.inner.deep
    print(type(spread.__path__).__name__, len(spread.__path__), spread.inner.deep.here, spread.__spec__.origin)
    spec = importlib.util.spec_from_file_location('by_path', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.value, module.__name__, isinstance(spec.loader, SourceFileLoader))
    with open(os.path.join(folder, 'failing.py'), 'w') as file:
        file.write('1/0\n')
    try:
        importlib.import_module('failing')
    except ZeroDivisionError as problem:
        print(problem, 'failing' in sys.modules)
    sys.path.remove(folder)
