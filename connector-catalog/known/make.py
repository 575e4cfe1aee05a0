"""Makes `services.txt`, in how many packages a service is named.

    python3 make.py --packages DIRECTORY --output services.txt

`README.md` says what the directory has and what rule this follows.
"""

import argparse
import ast
import collections
import json
import pathlib
import re
import unicodedata

# A service that fewer packages name may be there by chance, and a shorter name may mean anything.
LEAST_PACKAGES = 2
SHORTEST = 3

# What sign-in packages add to a name to say how one signs in.
HOW = re.compile(r"([-_ ](oauth2?|openid\w*|v\d))+$", re.IGNORECASE)


def plain(name):
    """The letters and digits of a name, in small letters and without accents."""
    parts = unicodedata.normalize("NFKD", name).lower()
    return "".join(c for c in parts if c.isascii() and c.isalnum())


def constants(path, wanted):
    """The texts that a Python file gives the names that are `wanted` in its classes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ClassDef):
            continue
        for part in node.body:
            if not isinstance(part, ast.Assign) or wanted not in (getattr(t, "id", "") for t in part.targets):
                continue
            # A text that is translated is the argument of a call.
            value = part.value.args[0] if isinstance(part.value, ast.Call) and part.value.args else part.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def classes(files, wanted):
    return [name for path in sorted(files) for name in constants(path, wanted)]


def grant(root):
    return json.loads((root / "config/oauth.json").read_text())


def social_auth(root):
    return [HOW.sub("", name) for name in classes(root.glob("social_core/backends/*.py"), "name")]


def auth_core(root):
    return [path.stem for path in root.glob("providers/*.js")]


def allauth(root):
    providers = root / "allauth/socialaccount/providers"
    folders = [HOW.sub("", path.name) for path in providers.iterdir()]
    return folders + classes(providers.glob("*/provider.py"), "name")


def apprise(root):
    return classes(root.glob("apprise/plugins/**/*.py"), "service_name")


def novu(root):
    return [path.name for path in (root / "build/module/lib").iterdir() if path.is_dir()]


def home_assistant(root):
    for path in root.glob("homeassistant/components/*/manifest.json"):
        manifest = json.loads(path.read_text())
        yield from (manifest["domain"], manifest["name"])


def simple_icons(root):
    return [icon["title"] for icon in json.loads((root / "_data/simple-icons.json").read_text())["icons"]]


def logos(root):
    return [name.removesuffix("-icon") for name in json.loads((root / "icons.json").read_text())["icons"]]


PACKAGES = {
    "grant": grant,
    "social-auth-core": social_auth,
    "auth-core": auth_core,
    "django-allauth": allauth,
    "apprise": apprise,
    "novu-providers": novu,
    "homeassistant": home_assistant,
    "simple-icons": simple_icons,
    "iconify-json-logos": logos,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    counts = collections.Counter()
    for package, names in PACKAGES.items():
        # The name of a folder is that of the package, with its version; npm's have one more inside.
        (folder,) = given.packages.glob(f"{package.replace('-', '[-_]')}-[0-9]*[0-9a-z]/")
        inner = folder / "package"
        found = {plain(name) for name in names(inner if inner.is_dir() else folder)}
        counts.update(found)
        print(package, len(found))
    by_count = collections.defaultdict(list)
    for name, count in counts.items():
        if count >= LEAST_PACKAGES and len(name) >= SHORTEST:
            by_count[count].append(name)
    lines = (f"{count}: {' '.join(sorted(by_count[count]))}\n" for count in sorted(by_count, reverse=True))
    given.output.write_text("".join(lines))
    print(sum(map(len, by_count.values())), "services")


if __name__ == "__main__":
    main()
