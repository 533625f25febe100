#include "tests/support/generator/program_generator.h"

#include "core/support/render.h"
#include "core/syntax/parser.h"
#include "tests/support/catch.h"

using namespace ruff::tests;

TEST_CASE("a seed always gives the same program", "[generator]") {
    for (std::uint64_t seed : {0, 1, 77}) {
        CHECK(generate_program({.seed = seed}).text == generate_program({.seed = seed}).text);
        CHECK(generate_runnable_program({.seed = seed}) == generate_runnable_program({.seed = seed}));
        CHECK(mutate("print(1 + 2)\n", seed) == mutate("print(1 + 2)\n", seed));
    }
    CHECK(generate_program({.seed = 1}).text != generate_program({.seed = 2}).text);
}

TEST_CASE("generated programs exercise every production", "[generator]") {
    Productions all;
    for (std::uint64_t seed = 0; seed < 400; ++seed) all |= generate_program({.seed = seed}).productions;
    for (std::size_t i = 0; i < all.size(); ++i) {
        INFO(production_name(static_cast<Production>(i)));
        CHECK(all[i]);
    }
}

TEST_CASE("the limits bound the size", "[generator]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        GeneratedProgram program = generate_program({.seed = seed, .depth = 4, .statements = 5});
        CHECK(program.text.size() < 40'000);
    }
}

TEST_CASE("plain programs have no odd layout", "[generator]") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        GeneratedProgram program = generate_program({.seed = seed, .has_varied_layout = false});
        CHECK_FALSE(program.productions[static_cast<std::size_t>(Production::line_comment)]);
        CHECK(program.text.find('\r') == std::string::npos);
    }
}

TEST_CASE("mutations change a program", "[generator]") {
    std::string source = generate_program({.seed = 5}).text;
    std::size_t changed = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) changed += mutate(source, seed) != source;
    CHECK(changed > 180);
    CHECK(mutate("", 1).empty());
}

TEST_CASE("generated programs parse", "[generator][syntax]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        std::string name = "seed-" + std::to_string(seed) + ".ruff";
        auto source = ruff::make_source(name, generate_program({.seed = seed}).text);
        ruff::syntax::ParseResult tree = ruff::syntax::parse_file(source);
        INFO(ruff::render_diagnostics(*source, tree->diagnostics));
        CHECK(tree->diagnostics.empty());
    }
}

TEST_CASE("runnable programs parse", "[generator][syntax]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        std::string name = "runnable-" + std::to_string(seed) + ".ruff";
        auto source = ruff::make_source(name, generate_runnable_program({.seed = seed}));
        ruff::syntax::ParseResult tree = ruff::syntax::parse_file(source);
        INFO(ruff::render_diagnostics(*source, tree->diagnostics));
        CHECK(tree->diagnostics.empty());
    }
}

TEST_CASE("broken programs give diagnostics inside the text", "[generator][syntax]") {
    std::size_t broken = 0;
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
        std::string text = mutate(generate_program({.seed = seed % 60, .depth = 5, .statements = 10}).text, seed);
        auto source = ruff::make_source("broken.ruff", text);
        ruff::syntax::ParseResult tree = ruff::syntax::parse_file(source);
        broken += !tree->diagnostics.empty();
        for (const ruff::Diagnostic& diagnostic : tree->diagnostics) {
            INFO("seed " << seed);
            CHECK(diagnostic.span.begin <= diagnostic.span.end);
            CHECK(diagnostic.span.end <= source->text().size());
            CHECK_FALSE(diagnostic.message.empty());
        }
        CHECK_FALSE((ruff::render_diagnostics(*source, tree->diagnostics).empty() && !tree->diagnostics.empty()));
    }
    CHECK(broken > 400);
}
