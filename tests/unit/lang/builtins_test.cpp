#include "core/lang/builtins.h"

#include <set>
#include <string>

#include "tests/support/catch.h"

using namespace ruff;

TEST_CASE("a row's signature is taken apart", "[lang][builtins]") {
    const BuiltinRow* row = find_builtin("parse_int");
    REQUIRE(row != nullptr);
    CHECK(row->name == "parse_int");
    CHECK(row->result_type == "int");
    CHECK(row->required_count == 1);
    CHECK(row->positional_count == 2);
    REQUIRE(row->parameters.size() == 2);
    CHECK(row->parameters[0].name == "s");
    CHECK(row->parameters[0].kinds == kind_bit(ValueKind::String));
    CHECK(row->parameters[1].default_kind == DefaultKind::Int);
    CHECK(row->parameters[1].default_int() == 10);
    CHECK(find_builtin("print")->has_rest);
    CHECK(find_builtin("PI")->form == BuiltinForm::Constant);
    CHECK(find_builtin("PI")->constant_value() == 3.141592653589793);
    CHECK(find_builtin("INF")->constant_value() > 1e308);
}

TEST_CASE("every row is found by its name and has what the reference needs", "[lang][builtins]") {
    for (const BuiltinRow& row : all_builtins()) {
        INFO(row.body_name);
        CHECK(&builtin_row(row.id) == &row);
        if (row.form == BuiltinForm::Internal) {
            CHECK(row.name.starts_with("_"));
            CHECK(find_internal_builtin(row.name) == &row);
            CHECK(find_builtin(row.name) == nullptr);
            continue;
        }
        CHECK_FALSE(row.doc.empty());
        CHECK(row.example.find("# expect") != std::string_view::npos);
        if (row.is_function()) {
            REQUIRE(find_builtin(row.name) != nullptr);
        }
        if (!row.is_method()) continue;
        REQUIRE_FALSE(row.parameters.empty());
        CHECK(row.parameters[0].is_mutable == row.is_mutating());
        bool is_reached = false;
        for (int kind = 0; kind < kValueKindCount; ++kind) {
            const BuiltinRow* method = find_builtin_method(static_cast<ValueKind>(kind), row.name);
            is_reached |= method == &row;
        }
        CHECK(is_reached);
    }
}

TEST_CASE("an alias means its main form and shares no row's way of use", "[lang][builtins]") {
    for (const BuiltinAlias& alias : all_builtin_aliases()) {
        INFO(alias.name);
        CHECK(find_builtin_alias(alias.name) == &alias);
        const BuiltinRow* main = find_builtin(alias.main);
        REQUIRE(main != nullptr);
        CHECK(find_builtin(alias.name) == main);
        CHECK(find_builtin_alias(alias.main) == nullptr);
    }
    CHECK(find_builtin_alias("print") == nullptr);
    CHECK(find_builtin_method(ValueKind::Int, "str") == find_builtin("to_string"));
}

TEST_CASE("names that are no builtins are not found", "[lang][builtins]") {
    CHECK(find_builtin("") == nullptr);
    CHECK(find_builtin("prnt") == nullptr);
    CHECK(find_builtin_method(ValueKind::Int, "len") == nullptr);
    CHECK(find_absent_builtin("print") == nullptr);
    REQUIRE(find_absent_builtin("parse_xml") != nullptr);
    for (const BuiltinRow& row : all_builtins()) CHECK(find_absent_builtin(row.name) == nullptr);
}

TEST_CASE("types are put into words", "[lang][builtins]") {
    CHECK(expected_kinds_text("array<T>") == "array");
    CHECK(expected_kinds_text("int?") == "int or null");
    CHECK(expected_kinds_text("func(T, U) -> array<T>") == "function");
    CHECK(expected_kinds_text("string | bytes | dict<any, any>") == "string, bytes or dict");
    CHECK(expected_kinds_text("Promise<T>") == "promise");
    CHECK(expected_first_argument(*find_builtin("to_hex")) == "int or bytes");
}
