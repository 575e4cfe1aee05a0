import { createAction } from 'nango';
import * as z from 'zod';

import { Item } from './model.js';

export default createAction({
    description: `Gets one item by its id.

Returns its id, name and note, wherever in the list it is.`,
    version: '1.0.0',
    input: z.object({
        id: z.string().describe('Id of the item')
    }),
    output: Item,
    exec: async (nango, input) => {
        const response = await nango.get({ endpoint: `/items/${input.id}`, retries: 3 });
        return response.data;
    }
});
