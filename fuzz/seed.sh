#!/bin/bash
# Fills the corpora from the small .pyc files and marshal values of /tests.
set -e
cd "$(dirname "$0")"
mkdir -p corpus/marshal_load corpus/pyc_load corpus/pyc_dis corpus/pyc_verify corpus/pyc_run
for file in ../tests/dis/*.pyc; do
    name=$(basename "$file" .pyc)
    cp "$file" "corpus/pyc_load/$name"
    tail -c +17 "$file" > "corpus/marshal_load/$name"
    cp "corpus/marshal_load/$name" "corpus/pyc_verify/$name"
    cp "corpus/marshal_load/$name" "corpus/pyc_run/$name"
    { printf '\000'; tail -c +17 "$file"; } > "corpus/pyc_dis/$name"
done
cut -f1 ../tests/marshal/values.txt ../tests/marshal/sets.txt ../tests/marshal/errors.txt | awk "length(\$0) > 3 && length(\$0) < 400" | sort -u | {
    number=0
    while read -r hex; do
        number=$((number + 1))
        printf "$(echo "$hex" | sed 's/../\\x&/g')" > "corpus/marshal_load/value$number"
    done
}
