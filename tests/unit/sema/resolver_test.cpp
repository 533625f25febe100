#include <algorithm>
#include <map>
#include <string>

#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "core/syntax/parser.h"
#include "tests/support/catch.h"

using namespace ruff;
using namespace ruff::sema;

namespace {

std::unique_ptr<SemanticModel> model_of(std::string text) {
    return resolve(syntax::parse_file(make_source("test.ruff", std::move(text))));
}

const Binding& binding_named(const SemanticModel& model, std::string_view name) {
    for (BindingId id = 0; id < model.bindings.size(); ++id) {
        if (model.name(id) == name) return model.bindings[id];
    }
    FAIL("no binding is called " << name);
    std::abort();
}

std::vector<std::string> visible_names(const SemanticModel& model, std::uint32_t offset) {
    std::vector<std::string> names;
    for (const BindingId id : model.visible_at(offset)) names.emplace_back(model.name(id));
    return names;
}

std::string hint_of(const std::string& text) {
    const auto model = model_of(text);
    REQUIRE(model->undefined.size() == 1);
    return undefined_hint(*model, model->undefined[0]);
}

/// A program in memory: path -> text. The first file is main.
ModuleGraph graph_of(const std::map<std::string, std::string>& files) {
    ModuleOptions options;
    options.root = "/p";
    options.load = [files](const std::string& path) -> Result<std::shared_ptr<const SourceFile>> {
        const auto found = files.find(path);
        if (found == files.end()) return Error{ErrorCode::NotFound, "no such file"};
        return make_source(path, found->second);
    };
    return load_modules(make_source("/p/main.ruff", files.at("/p/main.ruff")), options);
}

}  // namespace

TEST_CASE("references know their binding and how it is used") {
    const auto model = model_of("let total := 1\nmut n := total\nn += total\nn.push(1)\n");
    const Binding& total = binding_named(*model, "total");
    CHECK(total.is_read);
    CHECK_FALSE(total.is_reassigned);
    const Binding& n = binding_named(*model, "n");
    CHECK(n.is_reassigned);
    CHECK(n.is_changed);
    const auto uses = std::count_if(model->references.begin(), model->references.end(), [&](const Reference& each) {
        return model->name(each.binding) == "total" && each.access == Access::Read;
    });
    CHECK(uses == 2);
}

TEST_CASE("names are visible from their declaration to the end of the block") {
    const std::string text = "let a := 1\nif a > 0 {\n    let b := 2\n    print(b)\n}\nfunc f() { }\n";
    const auto model = model_of(text);
    const auto inside = visible_names(*model, static_cast<std::uint32_t>(text.find("print")));
    CHECK(inside == std::vector<std::string>{"b", "f", "a"});
    const auto before = visible_names(*model, static_cast<std::uint32_t>(text.find("let b")));
    CHECK(before == std::vector<std::string>{"f", "a"});
    CHECK(model->lookup("b", static_cast<std::uint32_t>(text.size())) == kNone);
    CHECK(model->lookup("f", 0) != kNone);
}

TEST_CASE("storage follows capture and change") {
    const auto model = model_of(
        "func f(a, b, c) {\n"
        "    b := 1\n"
        "    let g := || a + b\n"
        "    let h := || { inner(); later }\n"
        "    let later := 1\n"
        "    func inner() { return later }\n"
        "    return c\n"
        "}\n"
        "let file := 1\nlet used := 2\nfunc reads() { return used }\n");
    CHECK(binding_named(*model, "a").storage == Storage::Register);
    CHECK(binding_named(*model, "b").storage == Storage::Cell);
    CHECK(binding_named(*model, "c").storage == Storage::Register);
    CHECK(binding_named(*model, "file").storage == Storage::Register);
    CHECK(binding_named(*model, "used").storage == Storage::Global);
}

TEST_CASE("a function of a block that is made before the variable it captures is set shares a cell") {
    const auto model = model_of("func f() {\n    let later := 1\n    func inner() { return later }\n    return inner\n}\n");
    CHECK(binding_named(*model, "later").storage == Storage::Cell);
    CHECK(binding_named(*model, "later").is_captured_early);
    CHECK(binding_named(*model, "inner").storage == Storage::Register);
}

TEST_CASE("mutating methods to a fixed point") {
    const auto model = model_of(
        "struct S {\n    items = []\n    n = 0\n"
        "    func a(self) { self.b() }\n    func b(self) { self.c() }\n    func c(self) { self.n += 1 }\n"
        "    func d(self) { self.items.push(1) }\n    func e(self) { return self.items.len() }\n"
        "    func f(self) { let g := || { self.n := 2 }; g() }\n    func h(mut self) { }\n"
        "    func i(self) { self.items[0].other() }\n}\n");
    std::string mutating;
    for (const FunctionInfo& info : model->functions) {
        if (info.kind == FunctionKind::Method && info.is_mutating) mutating += info.node->to<syntax::FuncDecl>().name.text();
    }
    CHECK(mutating == "abcdfh");
}

TEST_CASE("hints for undefined names") {
    CHECK(hint_of("let count_all := 1\nprint(cuont_all)") == "did you mean `count_all`?");
    CHECK(hint_of("prnt(1)") == "did you mean `print`?");
    CHECK(hint_of("print(nil)") == "write `null`");
    CHECK(hint_of("if true {\n    let x := 1\n}\nprint(x)").find("set at line 2 in a block that has ended") !=
          std::string::npos);
    CHECK(hint_of("Promise.all([])").find("promise_all(xs)") != std::string::npos);
    CHECK(hint_of("print(self)").find("method") != std::string::npos);
}

TEST_CASE("modules are found, parsed and resolved with their importer") {
    const ModuleGraph graph = graph_of({{"/p/main.ruff", "import a.b\nfrom c import x, missing\nprint(b.f(), x)\n"},
                                        {"/p/a/b.ruff", "import c\nexport func f() { return c.x }\n"},
                                        {"/p/c.ruff", "export let x := 1\nlet hidden := 2\n"}});
    REQUIRE(graph.modules.size() == 3);
    CHECK_FALSE(graph.has_errors());
    CHECK(graph.modules[1]->name == "a.b");
    CHECK(graph.modules[2]->name == "c");
    const SemanticModel& main = *graph.modules[0]->model;
    CHECK(main.imports[0].module == graph.modules[1]->model.get());
    CHECK(binding_named(main, "x").target != kNone);
    CHECK(binding_named(main, "missing").target == kNone);
    CHECK(graph.modules[2]->model->find_export("hidden") == kNone);
}

TEST_CASE("missing, broken and circular modules are noted at their import") {
    const ModuleGraph graph = graph_of({{"/p/main.ruff", "import nowhere\nimport broken\nimport a\n"},
                                        {"/p/broken.ruff", "let x := \n"},
                                        {"/p/a.ruff", "import b\n"},
                                        {"/p/b.ruff", "import a\n"}});
    const SemanticModel& main = *graph.modules[0]->model;
    CHECK(main.imports[0].failure == "Module not found: nowhere");
    CHECK(main.imports[0].failure_hint == "looked for /p/nowhere.ruff, /p/modules/nowhere.ruff");
    CHECK(main.imports[1].failure.find("/p/broken.ruff:") != std::string::npos);
    CHECK(main.imports[2].failure.empty());
    const auto b = std::find_if(graph.modules.begin(), graph.modules.end(), [](const auto& unit) { return unit->name == "b"; });
    REQUIRE(b != graph.modules.end());
    CHECK((*b)->model->imports[0].failure == "Circular import detected: a -> b -> a");
}

TEST_CASE("modules are sought up to the root and then in its modules folder") {
    const ModuleGraph graph = graph_of({{"/p/main.ruff", "import deep.inner\n"},
                                        {"/p/deep/inner.ruff", "import shared\nimport beside\nimport packed\n"},
                                        {"/p/shared.ruff", ""},
                                        {"/p/deep/beside.ruff", ""},
                                        {"/p/modules/packed.ruff", ""}});
    for (const ModuleImport& import : graph.modules[1]->model->imports) CHECK(import.failure == "");
    CHECK(graph.modules.size() == 5);
}
