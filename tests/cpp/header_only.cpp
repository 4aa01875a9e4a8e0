// The header by itself, under the strictest warnings of each compiler, and beside a macro of curses.
#define timeout(delay) no_function_of_curses(delay)
#include <shoutout_otp.hpp>

#ifndef timeout
#error "the header took away a macro of the application"
#endif
#undef timeout

int main() {
    try {
        shoutout::call call;
        call.timeout(std::chrono::seconds(1));
        shoutout::client("key", shoutout::options().timeout(std::chrono::seconds(1)));
    } catch (const shoutout::error &) {
        return 1;
    }
    return 0;
}
