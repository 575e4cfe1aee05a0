import { createAction } from 'nango';
import * as z from 'zod';

import { Item } from './model.js';

export default createAction({
    description: `Creates an item at the end of the list.

Returns the new item with its id. A name that another item has is refused as a conflict.`,
    version: '1.0.0',
    input: z.object({
        name: z.string().min(1).max(100).describe('Name of the item, which no other item has'),
        note: z.string().max(500).optional().describe('What the item is for')
    }),
    output: Item,
    exec: async (nango, input) => {
        try {
            const response = await nango.post({ endpoint: '/items', data: input });
            return response.data;
        } catch (error: any) {
            const answer = error.response?.data;
            if (answer?.code === 'name_taken') {
                throw new nango.ActionError({
                    message: `another item has this name: ${answer.message}`
                });
            }
            throw error;
        }
    }
});
