#include "core/runtime/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>

#include "core/runtime/loop.h"
#include "core/vm/promise.h"

namespace ruff::runtime {
namespace {

std::atomic<int> g_pipe{-1};         // the writing end, for the handler
std::atomic<vm::Vm*> g_owner{nullptr};

void note_signal(int number) {
    const int saved_errno = errno;
    const auto byte = static_cast<unsigned char>(number);
    if (const int pipe = g_pipe.load(); pipe >= 0) (void)!::write(pipe, &byte, 1);
    errno = saved_errno;
}

class Signals final : public Service {
public:
    Signals(vm::Vm& vm, Loop& loop) : vm_(vm), loop_(loop) {
        if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error(std::strerror(errno));
        g_pipe = ends_[1];
        watch_ = std::make_unique<Watch>(loop_, ends_[0]);
        wait();
    }
    ~Signals() override {
        g_pipe = -1;
        g_owner = nullptr;
        watch_.reset();
        for (auto& [number, handler] : handlers_) ::sigaction(number, &handler.before, nullptr);
        for (const int end : ends_) ::close(end);
    }
    void turn(vm::Vm&, bool) override {}

    void set(int number, const vm::Value& function) {
        const auto found = handlers_.find(number);
        if (function.is_null()) {
            if (found == handlers_.end()) return;
            ::sigaction(number, &found->second.before, nullptr);
            handlers_.erase(found);
            loop_.end_listening();
            return;
        }
        if (found != handlers_.end()) {
            found->second.function = function;
            return;
        }
        Handler& handler = handlers_[number];
        handler.function = function;
        struct sigaction action {};
        action.sa_handler = note_signal;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, &handler.before);
        loop_.begin_listening();
    }

private:
    struct Handler {
        vm::Value function;
        struct sigaction before {};
    };

    void wait() {
        watch_->wait_readable([this] {
            unsigned char number = 0;
            while (::read(ends_[0], &number, 1) == 1) call(number);
            wait();
        });
    }
    void call(int number) {
        const auto found = handlers_.find(number);
        if (found == handlers_.end()) return;
        vm::PromiseObject* promise = vm_.start_fiber(found->second.function, nullptr, 0);
        vm::release(&promise->head);   // an error in it is reported as nobody's
    }

    vm::Vm& vm_;
    Loop& loop_;
    int ends_[2] = {-1, -1};
    std::unique_ptr<Watch> watch_;
    std::map<int, Handler> handlers_;
};

}  // namespace

bool handle_signal(vm::Vm& vm, int number, const vm::Value& handler) {
    vm::Vm* none = nullptr;
    if (!g_owner.compare_exchange_strong(none, &vm) && none != &vm) return false;
    try {
        Loop::of(vm).service<Signals>().set(number, handler);
    } catch (const std::runtime_error&) {
        g_owner = nullptr;
        throw;   // the builtin's call turns it into an error of the program
    }
    return true;
}

}  // namespace ruff::runtime
