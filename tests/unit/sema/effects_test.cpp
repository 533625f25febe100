// What the functions of a program do, followed through their calls.

#include <algorithm>

#include "core/sema/facts.h"
#include "core/sema/resolver.h"
#include "core/syntax/parser.h"
#include "tests/support/catch.h"

namespace ruff::sema {
namespace {

/// "f: reads suspends" for each named function and method, in the order written. Every import is of `module`.
std::vector<std::string> effects_of(const std::string& text, const SemanticModel* module = nullptr) {
    auto tree = syntax::parse_file(make_source("effects.ruff", text));
    REQUIRE_FALSE(tree->has_grammar_errors);
    ResolveOptions options;
    for (const syntax::Node* import : collect_imports(*tree)) options.imports.push_back({import, module, kNone, "", "", "", ""});
    const std::unique_ptr<SemanticModel> model = resolve(tree, std::move(options));
    ProgramFacts facts;
    const EffectModel* effects = &facts.effects_of(*model);
    std::vector<std::pair<std::uint32_t, std::string>> found;
    for (FunctionId id = 0; id < model->functions.size(); ++id) {
        const auto* named = model->functions[id].node->as<syntax::FuncDecl>();
        if (named == nullptr) continue;
        const Effects& does = effects->of(id);
        std::string line = std::string(named->name.text()) + ":";
        if (does.reads) line += " reads";
        if (does.writes) line += " writes";
        if (does.suspends) line += " suspends";
        if (does.unknown) line += " unknown";
        found.emplace_back(named->first_token, line);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> lines;
    for (auto& [at, line] : found) lines.push_back(std::move(line));
    return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("effects come from variables of the outside, from builtins and from what is called") {
    CHECK(effects_of(R"(mut total := 0
const LIMIT := 10
func pure(n) { return [n, LIMIT].map(|x| x * 2) }
func reader() { return total }
func writer(n) { total += n }
func shouts(n) { print(n) }
func local(n) { mut xs := []; xs.push(n); return xs }
async func waits(n) { await async_sleep(n); return pure(n) }
func all(n) { writer(n); return waits(n) }
func callback(f) { return f(1) })") ==
          Lines{"pure:", "reader: reads", "writer: reads writes", "shouts: writes", "local:", "waits: suspends",
                "all: reads writes suspends", "callback: unknown"});
}

TEST_CASE("effects go round in circles and through methods, lambdas and callbacks") {
    CHECK(effects_of(R"(func even(n) { if n == 0 { return true }; return odd(n - 1) }
func odd(n) { if n == 0 { return false }; print(n); return even(n - 1) }
struct Log {
    lines: array<string>
    func add(self, line) { self.lines.push(line) }
    func count(self) { return len(self.lines) }
}
func made() { return || print(1) }
func runs() { return [1].map(|n| { print(n) }) }
func named() { run := |n| odd(n); return run(1) }
func counts(log: Log) { return log.count() })") ==
          Lines{"even: writes", "odd: writes", "add: writes", "count:", "made:", "runs: writes", "named: writes", "counts:"});
}

TEST_CASE("effects come through imports") {
    const std::unique_ptr<SemanticModel> module = resolve(syntax::parse_file(make_source("m.ruff", R"(mut total := 0
export mut count := 0
export const LIMIT := 10
export func pure(n) { return n + LIMIT }
export func reader() { return total }
export func writer() { total += 1; count += 1 }
export async func waits(n) { await async_sleep(n) }
export struct Point { x = now(); func grow(self) { self.x += 1 }; func size(self) { return self.x } }
)")));
    CHECK(effects_of(R"(import m
from m import pure, waits, Point, count, LIMIT
func a() { return m.pure(1) + pure(2) + LIMIT + m.LIMIT }
func b() { return m.reader() }
func c() { m.writer() }
func d() { return waits(1) }
func e() { return count }
func f() { return m.count }
func g() { return Point { x: 1 } }
func h() { p := m.Point {}; p.grow(); return p.size() }
func i() { return [1].map(m.pure) }
func j() { return m.missing() })",
                     module.get()) == Lines{"a:", "b: reads", "c: reads writes", "d: suspends", "e: reads", "f: reads", "g: reads",
                                            "h: reads writes", "i:", "j: unknown"});
    CHECK(effects_of("import m\nfrom m import f\nfunc a() { return f() }\nfunc b() { return m.f() }") ==
          Lines{"a: unknown", "b: unknown"});
}

}  // namespace
}  // namespace ruff::sema
