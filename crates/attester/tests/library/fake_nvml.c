/* Stands in for libnvidia-ml.so.1 of a host with two GPUs. The structures are those of nvml.h, version 12 and later.
   The second GPU gives no report where FAKE_NVML is "one"; none does where it is "open". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int Return;
typedef void *Device;
enum { SUCCESS = 0, NOT_SUPPORTED = 3 };

static int is(const char *mode) {
    const char *set = getenv("FAKE_NVML");
    return set && strcmp(set, mode) == 0;
}
static unsigned number(Device device) { return (unsigned)(size_t)device - 1; }
static Return text(char *to, unsigned length, const char *format, unsigned value) {
    snprintf(to, length, format, value);
    return SUCCESS;
}
static unsigned file(const char *variable, unsigned char *to, unsigned most) {
    FILE *from = fopen(getenv(variable), "rb");
    unsigned read = from ? (unsigned)fread(to, 1, most, from) : 0;
    if (from) fclose(from);
    return read;
}

Return nvmlInit_v2(void) { return SUCCESS; }
Return nvmlShutdown(void) { return SUCCESS; }
Return nvmlSystemGetDriverVersion(char *to, unsigned length) { return text(to, length, "550.90.07", 0); }
Return nvmlSystemGetCudaDriverVersion_v2(int *to) { *to = 12040; return SUCCESS; }
Return nvmlDeviceGetCount_v2(unsigned *to) { *to = 2; return SUCCESS; }
Return nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *to) { *to = (Device)(size_t)(index + 1); return SUCCESS; }
Return nvmlDeviceGetName(Device d, char *to, unsigned length) { return text(to, length, "NVIDIA H100 PCIe", number(d)); }
Return nvmlDeviceGetUUID(Device d, char *to, unsigned length) { return text(to, length, "GPU-%04u", number(d)); }
Return nvmlDeviceGetSerial(Device d, char *to, unsigned length) { return text(to, length, "165%04u", number(d)); }
Return nvmlDeviceGetMinorNumber(Device d, unsigned *to) { *to = number(d); return SUCCESS; }
Return nvmlDeviceGetBoardId(Device d, unsigned *to) { *to = 0x1800 + number(d); return SUCCESS; }
Return nvmlDeviceGetBoardPartNumber(Device d, char *to, unsigned length) {
    return text(to, length, "900-21010-0000-000", number(d));
}
Return nvmlDeviceGetVbiosVersion(Device d, char *to, unsigned length) {
    return text(to, length, "96.00.9F.00.01", number(d));
}
Return nvmlDeviceGetArchitecture(Device d, unsigned *to) { (void)d; *to = 9; return SUCCESS; }
Return nvmlDeviceGetTemperature(Device d, int sensor, unsigned *to) { (void)sensor; *to = 40 + number(d); return SUCCESS; }

struct pci { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; };
Return nvmlDeviceGetPciInfo_v3(Device d, struct pci *to) {
    memset(to, 0, sizeof *to);
    return text(to->bus_id, sizeof to->bus_id, "00000000:1%u:00.0", number(d));
}

struct memory { unsigned version; unsigned long long total, reserved, free, used; };
Return nvmlDeviceGetMemoryInfo_v2(Device d, struct memory *to) { (void)d; to->total = 85899345920ull; return SUCCESS; }

Return nvmlDeviceGetTotalEccErrors(Device d, int kind, int since, unsigned long long *to) {
    (void)d;
    *to = (unsigned long long)(10 * kind + since); /* corrected 0, uncorrected 1; since load 0, ever 1 */
    return SUCCESS;
}
Return nvmlDeviceGetCurrentClocksThrottleReasons(Device d, unsigned long long *to) {
    (void)d;
    *to = 0x41; /* idle, and hot */
    return SUCCESS;
}
Return nvmlDeviceGetNvLinkState(Device d, unsigned link, unsigned *to) { (void)d; *to = link < 2; return SUCCESS; }
Return nvmlDeviceGetNvLinkErrorCounter(Device d, unsigned link, int counter, unsigned long long *to) {
    (void)d, (void)link;
    *to = 1ull << counter; /* replays 1, recoveries 2, checksums 4 and 8 */
    return SUCCESS;
}

struct field { unsigned id, scope; long long timestamp, latency; int type; Return result; union { unsigned number; double d; unsigned long long l; } value; };
Return nvmlDeviceGetFieldValues(Device d, int count, struct field *fields) {
    (void)d;
    for (int at = 0; at < count; at++) {
        fields[at].type = 1; /* unsigned int */
        fields[at].result = SUCCESS;
        fields[at].value.number = fields[at].id == 142 ? 3 : fields[at].id == 143 ? 4 : fields[at].id == 144;
    }
    return SUCCESS;
}

struct settings { unsigned version, environment, feature, tools, several; };
Return nvmlSystemGetConfComputeSettings(struct settings *to) {
    to->environment = 2;
    to->feature = !is("open");
    to->tools = 0;
    to->several = 0;
    return SUCCESS;
}
Return nvmlSystemGetConfComputeGpusReadyState(unsigned *to) { *to = 1; return SUCCESS; }

struct report { unsigned has_cec, size, cec_size; unsigned char nonce[32], report[0x2000], cec[0x1000]; };
Return nvmlDeviceGetConfComputeGpuAttestationReport(Device d, struct report *to) {
    if (is("open") || (is("one") && number(d) == 1)) return NOT_SUPPORTED;
    to->size = file("FAKE_NVML_REPORT", to->report, sizeof to->report);
    return memcmp(to->nonce, to->report + 4, 32) == 0 ? SUCCESS : NOT_SUPPORTED;
}
struct chain { unsigned size, attestation_size; unsigned char chain[0x1000], attestation[0x1400]; };
Return nvmlDeviceGetConfComputeGpuCertificate(Device d, struct chain *to) {
    (void)d;
    to->attestation_size = file("FAKE_NVML_CHAIN", to->attestation, sizeof to->attestation);
    return SUCCESS;
}
