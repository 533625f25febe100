#include "tests/support/lsp/schema.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace ruff::tests {

using lsp::Json;

namespace {

bool has_type(std::string_view type, const Json& value) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.integer().has_value();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    const std::string text = write_json(value);
    return type == "boolean" && (text == "true" || text == "false");
}

bool has_a_type(const Json& types, const Json& value) {
    if (types.is_string()) return has_type(types.text(), value);
    return std::any_of(types.items().begin(), types.items().end(), [&](const Json& each) { return has_type(each.text(), value); });
}

std::string shortened(const Json& value) {
    constexpr std::size_t kLongest = 120;
    std::string text = write_json(value);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
    return text;
}

}  // namespace

const ProtocolSchema& ProtocolSchema::instance() {
    static const ProtocolSchema kSchema;
    return kSchema;
}

ProtocolSchema::ProtocolSchema() {
    std::ifstream file(RUFF_SOURCE_DIR "/tests/lsp/schema/protocol.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::optional<Json> schema = lsp::parse_json(text);
    if (!schema) {
        std::fputs("tests/lsp/schema/protocol.json cannot be read\n", stderr);
        std::abort();
    }
    schema_ = std::move(*schema);
}

std::string ProtocolSchema::check_result(std::string_view method, const Json& result) const {
    return check_member("Results", method, result);
}
std::string ProtocolSchema::check_params(std::string_view method, const Json& params) const {
    return check_member("Params", method, params);
}
std::string ProtocolSchema::check_error(const Json& error) const { return check(schema_["definitions"]["ErrorBody"], error, "error"); }

std::string ProtocolSchema::check_member(std::string_view table, std::string_view name, const Json& value) const {
    const Json& members = schema_["definitions"][table]["properties"];
    const bool is_known = std::any_of(members.members().begin(), members.members().end(),
                                      [&](const lsp::JsonMember& each) { return each.name == name; });
    if (!is_known) return "the schema has no `" + std::string(name) + "`";
    return check(members[name], value, std::string(name));
}

std::string ProtocolSchema::check(const Json& schema, const Json& value, const std::string& path) const {
    if (schema.has("$ref")) {
        constexpr std::string_view kPrefix = "#/definitions/";
        return check(schema_["definitions"][schema["$ref"].text().substr(kPrefix.size())], value, path);
    }
    if (schema.has("anyOf")) {
        std::string nearest;
        for (const Json& each : schema["anyOf"].items()) {
            std::string mistake = check(each, value, path);
            if (mistake.empty()) return {};
            if (mistake.size() > nearest.size()) nearest = std::move(mistake);  // the deepest path
        }
        return nearest;
    }
    for (const Json& each : schema["allOf"].items()) {
        if (std::string mistake = check(each, value, path); !mistake.empty()) return mistake;
    }
    if (schema.has("type") && !has_a_type(schema["type"], value)) {
        return path + ": expected " + write_json(schema["type"]) + ", got " + shortened(value);
    }
    if (schema.has("const") && !(schema["const"] == value)) return path + ": expected " + write_json(schema["const"]) + ", got " + shortened(value);
    const Json::Array& choices = schema["enum"].items();
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
        return path + ": " + shortened(value) + " is none of " + write_json(schema["enum"]);
    }
    if (value.is_array() && schema["items"].is_object()) {
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            std::string mistake = check(schema["items"], value.items()[i], path + "[" + std::to_string(i) + "]");
            if (!mistake.empty()) return mistake;
        }
    }
    return value.is_object() ? check_object(schema, value, path) : std::string();
}

std::string ProtocolSchema::check_object(const Json& schema, const Json& value, const std::string& path) const {
    const auto has_member = [](const Json& object, std::string_view name) {
        return std::any_of(object.members().begin(), object.members().end(), [&](const lsp::JsonMember& each) { return each.name == name; });
    };
    for (const Json& name : schema["required"].items()) {
        if (!has_member(value, name.text())) return path + ": `" + std::string(name.text()) + "` is missing in " + shortened(value);
    }
    const Json& properties = schema["properties"];
    const Json& others = schema["additionalProperties"];
    std::string last;
    for (const lsp::JsonMember& member : value.members()) {
        const std::string inner = path + "." + member.name;
        if (has_member(properties, member.name)) {
            if (std::string mistake = check(properties[member.name], member.value, inner); !mistake.empty()) return mistake;
        } else if (others.is_object()) {
            if (std::string mistake = check(others, member.value, inner); !mistake.empty()) return mistake;
        } else if (write_json(others) == "false") {
            return inner + ": there is no such member";
        }
        if (member.name == last) return inner + " twice";
        last = member.name;
    }
    return {};
}

}  // namespace ruff::tests
