#pragma once

#include <string>
#include <string_view>

#include "lsp/protocol/json.h"

namespace ruff::tests {

/// The JSON schema of what the server may send (tests/lsp/schema, made from the protocol's type declarations).
class ProtocolSchema {
public:
    /// Read at the first call.
    [[nodiscard]] static const ProtocolSchema& instance();

    /// What is wrong with the result of a request, or with the parameters of what the server sends by itself: a path and
    /// a reason, or nothing. Methods that the schema does not have are wrong too.
    [[nodiscard]] std::string check_result(std::string_view method, const lsp::Json& result) const;
    [[nodiscard]] std::string check_params(std::string_view method, const lsp::Json& params) const;
    /// The same for the `error` of a response.
    [[nodiscard]] std::string check_error(const lsp::Json& error) const;

private:
    ProtocolSchema();
    [[nodiscard]] std::string check_member(std::string_view table, std::string_view name, const lsp::Json& value) const;
    [[nodiscard]] std::string check(const lsp::Json& schema, const lsp::Json& value, const std::string& path) const;
    [[nodiscard]] std::string check_object(const lsp::Json& schema, const lsp::Json& value, const std::string& path) const;

    lsp::Json schema_;
};

}  // namespace ruff::tests
