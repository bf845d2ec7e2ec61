import os.path as path
from asyncio import run, sleep as nap

def loops(items, limit=10, *rest, key=None, **options):
    for index, item in enumerate(items):
        if item is None or index not in rest:
            continue
        elif item >= limit:
            break
        first, *middle, last = item
    else:
        while limit:
            limit -= 1
    return {k: v for k, v in options.items()}

def handlers(name):
    try:
        with open(name) as file, open(name) as other:
            yield from file
    except (OSError, ValueError) as error:
        raise RuntimeError("no") from error
    finally:
        print("done")

def groups():
    try:
        pass
    except* TypeError as group:
        assert group, "empty"

async def waits(source):
    async with source as lock:
        async for item in source:
            yield await item
    return

def matches(subject):
    match subject:
        case {"a": 1, **rest}:
            return rest
        case [1, *_, path.sep] | (2 | 3):
            return f"{subject!r:>{10}} {subject}"
        case complex(real=0):
            del subject
