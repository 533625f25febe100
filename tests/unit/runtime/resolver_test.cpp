#include "core/runtime/http/resolver.h"

#include "core/runtime/http/http_client.h"
#include "tests/support/catch.h"
#include "tests/unit/vm/isolate_fixture.h"

namespace ruff::runtime {
namespace {

/// Longer than a label may be: refused without asking anybody.
const std::string kImpossibleName(100, 'x');

class ResolverFixture : public vm::IsolateFixture {
protected:
    [[nodiscard]] Resolver& resolver() { return HttpClient::of(vm).resolver(); }
    void poll_until(const std::function<bool()>& done) {
        while (!done()) Loop::of(vm).poll(vm, vm::kNever);
    }
};

}  // namespace

TEST_CASE_METHOD(ResolverFixture, "addresses need no lookup", "[runtime]") {
    if (!HttpClient::is_available()) return;
    for (const char* address : {"127.0.0.1", "[::1]", "::1"}) CHECK(resolver().find_known(address) != nullptr);
    for (const char* name : {"localhost", "127.0.0.1.example", "[name]", ""}) CHECK(resolver().find_known(name) == nullptr);
}

TEST_CASE_METHOD(ResolverFixture, "equal lookups are one, and everybody is told; afterwards the name is known", "[runtime]") {
    if (!HttpClient::is_available()) return;
    std::vector<int> told;
    for (int i = 0; i < 3; ++i) {
        (void)resolver().look_up("localhost", [&told, i](const Addresses& found) {
            CHECK(found.failure.empty());
            CHECK_FALSE(found.numeric.empty());
            told.push_back(i);
        });
    }
    poll_until([&] { return !told.empty(); });
    CHECK(told == std::vector{0, 1, 2});
    REQUIRE(resolver().find_known("localhost") != nullptr);
    CHECK_FALSE(resolver().find_known("localhost")->numeric.empty());
}

TEST_CASE_METHOD(ResolverFixture, "who is not interested any more is not told", "[runtime]") {
    if (!HttpClient::is_available()) return;
    bool is_first_told = false, is_second_told = false;
    const Resolver::Id first = resolver().look_up("localhost", [&](const Addresses&) { is_first_told = true; });
    (void)resolver().look_up("localhost", [&](const Addresses&) { is_second_told = true; });
    resolver().forget("localhost", first);
    resolver().forget("localhost", first);   // twice does nothing
    poll_until([&] { return is_second_told; });
    CHECK_FALSE(is_first_told);
}

TEST_CASE_METHOD(ResolverFixture, "a failure says why, and is not remembered", "[runtime]") {
    if (!HttpClient::is_available()) return;
    std::string failure;
    (void)resolver().look_up(kImpossibleName, [&](const Addresses& found) {
        CHECK(found.numeric.empty());
        failure = found.failure;
    });
    poll_until([&] { return !failure.empty(); });
    CHECK(resolver().find_known(kImpossibleName) == nullptr);
}

}  // namespace ruff::runtime
