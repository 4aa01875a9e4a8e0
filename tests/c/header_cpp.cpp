// The C header stands alone in C++ as well, may be included twice, and links: its functions have C linkage.
#include <shoutout_otp.h>
#include <shoutout_otp.h>

int main()
{
    const so_status status = SHOUTOUT_OK;
    return so_status_name(status) != nullptr && so_abi_version() == SHOUTOUT_OTP_ABI_VERSION ? 0 : 1;
}
