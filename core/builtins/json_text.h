#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/support/result.h"

// JSON (RFC 8259) as text: reading gives events, so the depth of a document is limited by memory only.
namespace ruff::builtins {

/// Takes the events of a document, in its order. A view is valid during the call.
class JsonSink {
  public:
    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void integer(std::int64_t value) = 0;
    virtual void floating(double value) = 0;
    virtual void string(std::string_view text) = 0;
    virtual void begin_array() = 0;
    virtual void end_array() = 0;
    virtual void begin_object() = 0;
    virtual void key(std::string_view text) = 0;
    virtual void end_object() = 0;

  protected:
    ~JsonSink() = default;
};

/// Reads one value and the blanks around it. A whole number beyond 64 bits becomes a float if that shows the same
/// digits, and is an error otherwise: nothing is lost silently. Fails with what is wrong and "at line L, column C" (both
/// from 1, columns in characters); `text` is valid UTF-8.
[[nodiscard]] Result<void> read_json(std::string_view text, JsonSink& sink);

/// Appends the shortest decimal that reads back, with a point or an exponent. The value is finite.
void append_json_float(std::string& out, double value);

}  // namespace ruff::builtins
