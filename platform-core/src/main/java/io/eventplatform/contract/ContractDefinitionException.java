package io.eventplatform.contract;

/**
 * A record cannot be an event contract. The message names the class, the component and the way out.
 *
 * <p>This is a mistake in the program, found when the contract is first used; it does not go away by retrying.
 */
public final class ContractDefinitionException extends RuntimeException {

    public ContractDefinitionException(String message) {
        super(message);
    }
}
