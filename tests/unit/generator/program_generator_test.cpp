#include "tests/support/generator/program_generator.h"

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
