// What the provider keeps, for as long as it runs: its own adapter keeps the latest thousand
// records, and a token that it has forgotten is not one that was used before.

const records = new Map();

export class Adapter {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    records.set(this.key(id), payload);
  }

  async find(id) {
    return records.get(this.key(id));
  }

  async findByUid(uid) {
    return this.#all().find(([, payload]) => payload.uid === uid)?.[1];
  }

  async consume(id) {
    records.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    records.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of this.#all()) {
      if (payload.grantId === grantId) {
        records.delete(key);
      }
    }
  }

  #all() {
    return [...records].filter(([key]) => key.startsWith(`${this.model}:`));
  }
}
