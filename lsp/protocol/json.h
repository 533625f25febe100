#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ruff::lsp {

struct JsonMember;

/// A JSON value of our own: what messages are made of. Reading is Boost.JSON's (in json.cpp, nowhere else); writing is
/// ours, because Boost.JSON 1.81 writes `1.0` as `1E0`. Members keep their order; reading one that is missing gives
/// null, so that `params["textDocument"]["uri"].text()` needs no checks in between.
class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<JsonMember>;
    /// Text that is JSON already, for big answers of one kind.
    struct Raw {
        std::string text;
    };

    Json();
    Json(std::nullptr_t);
    Json(bool value);
    Json(int value);
    Json(unsigned value);
    Json(std::int64_t value);
    Json(std::size_t value);
    Json(double value);
    Json(const char* text);
    Json(std::string_view text);
    Json(std::string text);
    Json(Array items);
    Json(Object members);
    Json(Raw raw);
    Json(const Json& other);
    Json(Json&& other) noexcept;
    Json& operator=(const Json& other);
    Json& operator=(Json&& other) noexcept;
    ~Json();

    [[nodiscard]] bool is_null() const { return value_.index() == 0; }
    [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
    [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
    [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }
    [[nodiscard]] bool is_number() const;

    /// True only for `true`.
    [[nodiscard]] bool is_true() const;
    /// The text of a string, otherwise empty.
    [[nodiscard]] std::string_view text() const;
    /// A whole number, or nothing.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    /// The items of an array, otherwise none.
    [[nodiscard]] const Array& items() const;
    [[nodiscard]] const Object& members() const;
    [[nodiscard]] const Json& operator[](std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return !(*this)[name].is_null(); }

    /// Adds a member; this becomes an object if it is none.
    Json& set(std::string_view name, Json value);
    /// Adds an item; this becomes an array if it is none.
    Json& push(Json value);

    friend bool operator==(const Json& left, const Json& right);

private:
    friend class JsonWriter;
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object, Raw> value_;
};

struct JsonMember {
    std::string name;
    Json value;
};

/// `make_object("line", 3, "character", 0)`
template <class... Rest>
[[nodiscard]] Json make_object(Rest&&... rest) {
    Json object{Json::Object{}};
    const auto add = [&object]<class... Pairs>(const auto& self, std::string_view name, auto&& value,
                                               Pairs&&... pairs) -> void {
        object.set(name, Json(std::forward<decltype(value)>(value)));
        if constexpr (sizeof...(pairs) > 0) self(self, std::forward<Pairs>(pairs)...);
    };
    if constexpr (sizeof...(rest) > 0) add(add, std::forward<Rest>(rest)...);
    return object;
}

/// Nothing when `text` is not one JSON value in UTF-8, or nests deeper than 500.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);

/// On one line. What is not UTF-8 in a string becomes U+FFFD.
[[nodiscard]] std::string write_json(const Json& value);

}  // namespace ruff::lsp
