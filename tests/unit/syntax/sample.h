#pragma once

#include <string_view>

namespace ruff::tests {

/// A program with every production and every kind of token and comment, well formed.
inline constexpr std::string_view kSample = R"sample(#!/usr/bin/env ruff
# A sample.
import a.b as c
from d.e import f, g as h
from i import *
/* A block
   comment. */
const LIMIT: int := 0xFF_FF
let [x, _, [y = 1], ...rest] := [1, 2.5e-3, [], ...zs,]
mut {name, age: years, port = 8080, "key": k, 3: t, [LIMIT]: u, ...others} = {a: 1, "b": 2, -3: 4, [x]: y, name, ...d}

/// Documentation.
export struct Account {
    owner: string  // who
    balance: float? = 0, tags: array<dict<string, int | null>>=[]
    func deposit(self, amount: int = 1, ...more) -> Account { self.balance += amount; return self }
    async func save(mut self) { self.owner := "é" }
    func* iter(self) { yield self.balance }
}
enum Status { Success, Error(code, message)
    Pending; }
async func work(a, {b}, [c]: array<int>) -> func(int, string) -> (int | null) {
    try { throw error("no ${a + "in ${b["k"]}"} ${{k: 1}}") } except e { print(e.message) } finally { done() }
    if a and not b or c in [1] { return } else if a not in b && !c || a == -1 { return |v| v * 2 % 3 - 1 / 4 } else { }
    while a < b { break }
    loop { continue }
    for i, [j, k] in enumerate(0..=10) { print(i) }
    for _ in 1..2 { }
    r := await c()?
    total += r[1:].values[0][:2] ?? r?.name
    [p, q] := [q, p]
    {p, w} := q
    return async || { await (spawn { 1 }) }
}
match status {
    case 0 | -1 | 2..=9 | "s" | true | false | null | None: { a }
    case Status::Error(code, ...more) if code > 0: b; case [first, ...tail]: c
    case {kind: "user", id}: d
    case m.Point { x: 0, y }: throw e
    case Ok((1 | 2)): f
    case other: g
    default: h
}
xs |> map(|v: int, {w}| v + w)
   |> (func(z) { return z })
   |> sum
q := m.Point { x: 1, y, ...p }.x ?? Status::Success
text := """
    raw \u{1F600} ${x}

      indented \x41
    """ + r"c:\temp" + r"""
    x"y
    """
f(1, ...ys, key = if a { 1 } else { 2 }, in = match b { case c: d })
test_group "group" { test_setup { } test "one" { assert(true) } test_teardown { } }
)sample";

}  // namespace ruff::tests
