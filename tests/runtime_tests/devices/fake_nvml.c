/* A libnvidia-ml.so.1 whose machine is described by the file that FAKE_NVML names, read at every call:

     init CODE                                      what nvmlInit returns; without it 0
     gpu UUID TOTAL USED NAME...                    in the order of their indices
     mig PARENT SLOT UUID TOTAL USED NAME...        puts the GPU of that index into MIG mode
     process UUID PID BYTES                         counts while the process lives; fictitious ones are above
                                                    4194304; BYTES -1 when the driver does not tell
     error UUID CODE CALL                           CALL: handle, memory, processes or all

   Without the variable there is no driver. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, NOT_LOADED = 9 };
enum { MOST = 32, HIGHEST_PID = 4194304 };

struct device { char uuid[96]; char name[96]; unsigned long long total, used; int parent, slot; };
struct process { char uuid[96]; unsigned pid; long long bytes; };
struct error { char uuid[96]; int code; char call[16]; };
struct machine {
    int init, devices, processes, errors;
    struct device device[MOST];
    struct process process[MOST];
    struct error error[MOST];
};
struct memory { unsigned long long total, free, used; };
struct info { unsigned pid; unsigned long long bytes; unsigned gpu_instance, compute_instance; };

static int lives(unsigned pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%u", pid);
    return pid > HIGHEST_PID || access(path, F_OK) == 0;
}

static void take(struct machine *m, const char *line) {
    struct device d = {.parent = -1};
    struct process p;
    struct error e;
    if (sscanf(line, "init %d", &m->init) == 1) return;
    if (m->devices < MOST &&
        (sscanf(line, "gpu %95s %llu %llu %95[^\n]", d.uuid, &d.total, &d.used, d.name) == 4 ||
         sscanf(line, "mig %d %d %95s %llu %llu %95[^\n]", &d.parent, &d.slot, d.uuid, &d.total, &d.used, d.name) == 6))
        m->device[m->devices++] = d;
    else if (m->processes < MOST && sscanf(line, "process %95s %u %lld", p.uuid, &p.pid, &p.bytes) == 3) {
        if (lives(p.pid)) m->process[m->processes++] = p;
    } else if (m->errors < MOST && sscanf(line, "error %95s %d %15s", e.uuid, &e.code, e.call) == 3)
        m->error[m->errors++] = e;
}

static struct machine look(void) {
    struct machine m;
    char line[512];
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    memset(&m, 0, sizeof m);
    if (!file) { m.init = NOT_LOADED; return m; }
    while (fgets(line, sizeof line, file)) take(&m, line);
    fclose(file);
    return m;
}

static int failing(const struct machine *m, const struct device *d, const char *call) {
    for (int i = 0; i < m->errors; i++)
        if (!strcmp(m->error[i].uuid, d->uuid) && (!strcmp(m->error[i].call, call) || !strcmp(m->error[i].call, "all")))
            return m->error[i].code;
    return SUCCESS;
}

/* A handle is the place of the device in the file, from 1. */
static const struct device *of(const struct machine *m, void *handle) {
    long place = (long)handle - 1;
    return place >= 0 && place < m->devices ? &m->device[place] : NULL;
}

static int handle_of(const struct machine *m, int parent, unsigned index, void **handle) {
    unsigned count = 0;
    for (int i = 0; i < m->devices; i++) {
        const struct device *d = &m->device[i];
        if (d->parent != parent || (parent < 0 ? count++ : (unsigned)d->slot) != index) continue;
        *handle = (void *)(long)(i + 1);
        return failing(m, d, "handle");
    }
    return parent < 0 ? INVALID : NOT_FOUND;
}

static int index_of(const struct machine *m, void *handle) {
    int index = -1;
    for (long i = 0; i < (long)handle && i < m->devices; i++) index += m->device[i].parent < 0;
    return index;
}

int nvmlInitWithFlags(unsigned flags) { (void)flags; return look().init; }
int nvmlShutdown(void) { return SUCCESS; }

int nvmlDeviceGetCount_v2(unsigned *count) {
    struct machine m = look();
    *count = 0;
    for (int i = 0; i < m.devices; i++) *count += m.device[i].parent < 0;
    return m.init;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    struct machine m = look();
    return handle_of(&m, -1, index, handle);
}

int nvmlDeviceGetMigMode(void *handle, unsigned *now, unsigned *pending) {
    struct machine m = look();
    *now = *pending = 0;
    for (int i = 0; i < m.devices; i++)
        if (m.device[i].parent == index_of(&m, handle)) { *now = *pending = 1; return SUCCESS; }
    return NOT_SUPPORTED;
}

int nvmlDeviceGetMaxMigDeviceCount(void *handle, unsigned *count) { (void)handle; *count = 7; return SUCCESS; }

int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, unsigned index, void **instance) {
    struct machine m = look();
    return handle_of(&m, index_of(&m, handle), index, instance);
}

int nvmlDeviceGetUUID(void *handle, char *uuid, unsigned length) {
    struct machine m = look();
    const struct device *d = of(&m, handle);
    if (!d) return INVALID;
    snprintf(uuid, length, "%s", d->uuid);
    return SUCCESS;
}

int nvmlDeviceGetName(void *handle, char *name, unsigned length) {
    struct machine m = look();
    const struct device *d = of(&m, handle);
    if (!d) return INVALID;
    snprintf(name, length, "%s", d->name);
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *handle, struct memory *memory) {
    struct machine m = look();
    const struct device *d = of(&m, handle);
    if (!d) return INVALID;
    memory->total = d->total;
    memory->used = d->used;
    for (int i = 0; i < m.processes; i++)
        if (!strcmp(m.process[i].uuid, d->uuid) && m.process[i].bytes > 0) memory->used += m.process[i].bytes;
    memory->free = memory->total - memory->used;
    return failing(&m, d, "memory");
}

int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned *count, struct info *infos) {
    struct machine m = look();
    const struct device *d = of(&m, handle);
    unsigned room = *count, found = 0;
    if (!d) return INVALID;
    int code = failing(&m, d, "processes");
    if (code) return code;
    for (int i = 0; i < m.processes; i++) {
        if (strcmp(m.process[i].uuid, d->uuid)) continue;
        if (infos && found < room) infos[found] = (struct info){m.process[i].pid, (unsigned long long)m.process[i].bytes, -1, -1};
        found++;
    }
    *count = found;
    return found > room || (found && !infos) ? TOO_SMALL : SUCCESS;
}
